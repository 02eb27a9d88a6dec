"""What customers contest, what that holds back, and by when it is answered."""
